/**
 * Servers and clients that are not ours, dressed as kinds of {@link io.homeport.workload.service.Service}: Tomcat, Jetty, Netty
 * with NIO and with native epoll; Apache HttpClient, PostgreSQL's JDBC driver, Jedis. Runs in the moved JVM, knows nothing of
 * Homeport.
 */
package io.homeport.system.thirdparty;
