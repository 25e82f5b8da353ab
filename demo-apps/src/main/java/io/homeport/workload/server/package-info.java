/**
 * Servers of checked conversations and exchanges, one for each kind of socket that the JDK has. Each runs its own threads; a
 * blocking one those of the executor it is given. Must not import {@code io.homeport.workload.service}.
 */
package io.homeport.workload.server;
