/**
 * What both sides of a migration agree on: the requests between them, the record and the images on disk, the commit log,
 * and the parts of a node that they work with.
 *
 * <p>Used on a migration's thread. Must not import a side.
 */
package io.homeport.migration.contract;
