package io.homeport.transfer;

import io.homeport.wire.link.TransferStatus;
import java.io.IOException;

/** Why the receiver ends a transfer. */
final class TransferFailure extends IOException {
    private final transient TransferStatus status;

    /** @param status what the sender is told; null if it needs not be told */
    TransferFailure(TransferStatus status, String message) {
        super(message);
        this.status = status;
    }

    TransferStatus status() {
        return status;
    }
}
