package io.homeport.demo.table;

import java.net.InetSocketAddress;
import java.util.Properties;

/** Command lines of the form name=value. */
final class Settings {
    private Settings() {}

    static Properties of(String[] args) {
        Properties settings = new Properties();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("not a setting: " + arg);
            }
            settings.setProperty(arg.substring(0, equals), arg.substring(equals + 1));
        }
        return settings;
    }

    /** The port of that name at the address `listen`, or at all addresses if there is none. */
    static InetSocketAddress listenAddress(Properties settings, String portName) {
        String address = settings.getProperty("listen");
        int port = number(settings, portName);
        return address == null ? new InetSocketAddress(port) : new InetSocketAddress(address, port);
    }

    static int number(Properties settings, String name) {
        String value = settings.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("missing: " + name + "=...");
        }
        return Integer.parseInt(value);
    }
}
