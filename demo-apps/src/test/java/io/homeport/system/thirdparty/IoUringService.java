package io.homeport.system.thirdparty;

import io.homeport.workload.service.Service;
import io.netty.channel.uring.IoUring;

/** A service that cannot be moved: Netty over io_uring. Without that kind of server where the kernel has no io_uring. */
public final class IoUringService {
    private IoUringService() {}

    /** Runs until it is told to exit. */
    public static void main(String[] args) throws Exception {
        Service service = new Service(Integer.parseInt(args[0]));
        if (IoUring.isAvailable()) {
            service.add(NettyServer.ioUring());
        }
        service.start();
        Thread.sleep(Long.MAX_VALUE);
    }
}
