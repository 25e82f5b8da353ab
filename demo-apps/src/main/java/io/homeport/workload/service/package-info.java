/**
 * The moved service: the servers in one JVM, with a command connection by which a test asks and orders. Commands run on the
 * thread of the connection they come by.
 */
package io.homeport.workload.service;
