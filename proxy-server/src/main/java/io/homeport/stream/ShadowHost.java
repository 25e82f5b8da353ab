package io.homeport.stream;

import io.homeport.link.LinkPolicy;
import io.homeport.socket.ShadowNet;

/**
 * Where the stubs of a service belong that a daemon before this one has left.
 *
 * @param net the service's shadow namespaces
 * @param policy by which links they reach their deputies
 */
public record ShadowHost(ShadowNet net, LinkPolicy policy) {}
