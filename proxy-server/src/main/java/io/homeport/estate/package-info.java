/**
 * What a daemon leaves to the one that comes after it, whichever way it ends: files on the journal's tmpfs, mapped, so that every
 * store into them outlives the process (mmap(2), MAP_SHARED), and the descriptors in the {@code keeper}'s store.
 *
 * <pre>
 *   slots        a kilobyte for each stream: who it is, how far it was written, read and acknowledged
 *   landing      where sockets are read to: bytes that are in no socket any more and not acknowledged yet
 *   queue-N      the journal of the N-th daemon, for bytes that stay longer; the next one takes what is still needed over into its own
 *   generation   which N holds
 *   services/    the moved services that this node hosts
 * </pre>
 *
 * <p>Knows offsets and descriptors, not streams. Used by the data loop once the daemon runs. Must not import {@code stream}, {@code service}
 * or anything above them.
 */
package io.homeport.estate;
