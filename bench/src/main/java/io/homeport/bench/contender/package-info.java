/**
 * What is measured side by side by {@link io.homeport.bench.relay}: brings each contender up in a lab of the command's own, says where the
 * client connects to and which processes relay, and takes all down. The command's thread; the programs run in the nodes. Must not
 * import the run and its reports.
 */
package io.homeport.bench.contender;
