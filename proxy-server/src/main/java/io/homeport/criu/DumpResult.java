package io.homeport.criu;

import java.nio.file.Path;

/**
 * A finished dump; the process is left stopped.
 *
 * @param imageDir where the images are
 * @param imageBytes the size of all files there
 * @param freezingTimeUs from the first thread's stop to the last's
 * @param frozenTimeUs how long CRIU held the process
 * @param memoryDumpTimeUs of that, finding and draining the pages
 * @param memoryWriteTimeUs of that, writing them
 * @param pagesBytes memory written to the images
 */
public record DumpResult(
        Path imageDir,
        long imageBytes,
        long freezingTimeUs,
        long frozenTimeUs,
        long memoryDumpTimeUs,
        long memoryWriteTimeUs,
        long pagesBytes) {}
