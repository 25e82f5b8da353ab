/**
 * What is woven into the JDK's classes, once the daemon asks for it at the first migration: notices of socket options that the application
 * sets, since they must take effect on the real socket at its origin. Nothing on read or write.
 *
 * <p>Lives in the isolated loader; the only user of ByteBuddy.
 */
package io.homeport.agent.inst;
