package io.homeport.link;

/** How a link stands. */
public enum LinkState {
    /** Connected, and probes are answered. */
    UP,
    /** Connected, but the last probes were not answered: used only where there is nothing better. */
    SUSPECT,
    /** Not connected; dialled on and on. */
    DOWN
}
