/**
 * Streams a directory of files (process images) to another node over the BULK lane, with credit, a checksum per file, and no
 * trace left behind if it fails.
 *
 * <pre>
 *   sender (caller's thread)            bulk loop        bulk loop        receiver (a thread per transfer)
 *   TransferOpen ──────────────────────────▶ TLS ═══════▶ TLS ──▶ queue ─▶ room? spool/ID.part, spool/ID/
 *                                                                  ◀────── FileAck(credit)
 *   read file, CRC ──── FileData ──────────▶     ═══════▶     ──▶ queue ─▶ CRC, write file
 *   TransferEnd ───────────────────────────▶     ═══════▶     ──▶ queue ─▶ spool/ID.part goes, TransferResult
 * </pre>
 *
 * <p>Imports io.homeport.link, a tool of io.homeport.files and the wire protocol, nothing else of the daemon.
 */
package io.homeport.transfer;
