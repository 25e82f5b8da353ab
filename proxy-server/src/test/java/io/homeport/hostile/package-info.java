/** What the fuzz tests of all packages share. CONTRIBUTING.md says how they are run. */
package io.homeport.hostile;
