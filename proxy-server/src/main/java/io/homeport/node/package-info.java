/**
 * One node's daemon, put together: configuration, links, streams, migrations, the local socket. The only package that
 * knows all the others; nobody imports it but the command line.
 */
package io.homeport.node;
