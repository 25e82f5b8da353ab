package io.homeport.process;

import java.io.IOException;
import java.net.Socket;

/** Connects to a host and port, waiting in connect(2), and prints the address it has then. */
public final class ConnectMain {
    private ConnectMain() {}

    public static void main(String[] args) throws IOException {
        try (Socket socket = new Socket(args[0], Integer.parseInt(args[1]))) {
            System.out.println(socket.getLocalSocketAddress());
        }
    }
}
