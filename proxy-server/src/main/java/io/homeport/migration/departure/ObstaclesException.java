package io.homeport.migration.departure;

import java.util.List;

/** Something stands in the way of a migration; nothing was touched. */
public final class ObstaclesException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> obstacles;

    public ObstaclesException(List<String> obstacles) {
        super(String.join("; ", obstacles));
        this.obstacles = List.copyOf(obstacles);
    }

    /** Each with what to do about it. */
    public List<String> obstacles() {
        return obstacles;
    }
}
