/**
 * The files that a process has open or mapped, and that its image refers to by path only: which of them must be at the
 * destination already, and which are carried along, because they lie in directories that are every node's own (/tmp and the
 * like: HotSpot's hsperfdata, unpacked native libraries). Everything blocks its caller, a migration's thread; nothing is kept
 * open. Of Homeport it imports the list of a process's descriptors only. {@link io.homeport.files.DirectoryTree} removes anybody's directories.
 *
 * <pre>
 *   source                                      destination
 *   FileSurvey.needs(pid)  ── List of FileNeed ──▶ FileSurvey.check(needs)
 *   CarriedFiles.copyInto(pid, dir)  ── dir ─────▶ CarriedFiles.place(dir) ─▶ PlacedFiles.keep | remove
 *   CarriedFiles.leftBehind(dir)  (after the commit)
 * </pre>
 */
package io.homeport.files;
