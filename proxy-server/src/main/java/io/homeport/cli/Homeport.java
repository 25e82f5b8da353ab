package io.homeport.cli;

public final class Homeport {
    public static void main(String[] args) {
        System.out.println("homeport");
    }
}
