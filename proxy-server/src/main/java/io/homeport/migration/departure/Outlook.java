package io.homeport.migration.departure;

import io.homeport.process.FdFate;
import java.util.List;

/**
 * What a migration would do.
 *
 * @param service the service's name
 * @param fates what would become of every descriptor
 * @param obstacles what stands in the way, each with what to do about it; none: it can move
 */
public record Outlook(String service, List<FdFate> fates, List<String> obstacles) {}
