package io.homeport.journal;

/**
 * One record of a {@link Journal}.
 *
 * @param index its place in the journal
 * @param direction the caller's number for the stream's direction
 * @param kind the caller's number for what the record says
 * @param offset the caller's offset of its first byte in the stream
 */
public record JournalRecord(long index, long streamId, byte direction, byte kind, long offset, byte[] payload) {}
