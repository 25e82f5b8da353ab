/**
 * What people and packages decide: the node's configuration file and where the installation lies. Immutable records,
 * parsed once on the starting thread; no static look-ups afterwards. Must not import any other package of Homeport.
 */
package io.homeport.config;
