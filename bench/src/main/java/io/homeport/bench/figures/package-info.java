/**
 * What a figure looks like: a median with its spread, a table for people (text or Markdown), the machine it was measured on. Pure, any
 * thread; must not import any other package of Homeport.
 */
package io.homeport.bench.figures;
