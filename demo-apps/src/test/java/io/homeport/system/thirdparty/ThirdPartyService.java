package io.homeport.system.thirdparty;

import io.homeport.workload.service.Service;

/** A service whose servers and clients are other people's. Takes the command port. */
public final class ThirdPartyService {
    private ThirdPartyService() {}

    /** Runs until it is told to exit. */
    public static void main(String[] args) throws Exception {
        Service service = new Service(Integer.parseInt(args[0]))
                .add(new TomcatServer())
                .add(new JettyServer())
                .add(NettyServer.nio())
                .add(NettyServer.epoll());
        service.clients()
                .kind("apache", ThirdPartyClients::apache)
                .kind("postgres", ThirdPartyClients::postgres)
                .kind("redis", ThirdPartyClients::redis)
                .kind("netty-connect", (name, host, port, seed) -> new NettyConnect(host, port, seed));
        service.start();
        Thread.sleep(Long.MAX_VALUE);
    }
}
