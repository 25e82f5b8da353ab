/**
 * The cluster's certificate authority: {@code homeport ca init | issue | revoke}. A node is trusted because its
 * certificate is signed by this authority and carries the node's name as a DNS name.
 *
 * <p>Pure code over files; runs on the caller's thread; holds nothing open. Must not import any other package of the
 * daemon.
 */
package io.homeport.ca;
