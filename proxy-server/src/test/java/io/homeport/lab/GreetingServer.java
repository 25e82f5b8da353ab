package io.homeport.lab;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Tells every client the address it comes from. Run inside a lab node by {@link LabSystemTest}. */
final class GreetingServer {
    private GreetingServer() {}

    public static void main(String[] arguments) throws IOException {
        try (ServerSocket listener = new ServerSocket(Integer.parseInt(arguments[0]))) {
            System.out.println("ready");
            while (true) {
                try (Socket client = listener.accept()) {
                    client.getOutputStream().write(client.getInetAddress().getHostAddress().getBytes(StandardCharsets.US_ASCII));
                }
            }
        }
    }
}
