package io.homeport.local;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.homeport.hostile.Cost;
import io.homeport.wire.MalformedFrameException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** What any local user may send to the daemon's socket. */
class LocalCodecFuzzTest {
    static Stream<byte[]> shouldDecodeOrRefuse() {
        return Stream.of(
                        new LocalMessage.Status(),
                        new LocalMessage.Ps(),
                        new LocalMessage.Migrate("shop", "beta", true, "policy=loadbalance\n"),
                        new LocalMessage.Progress("transfer", "sending images", 1, 2),
                        new LocalMessage.Finished("{}"),
                        new LocalMessage.Failed(Failure.BUSY, "later"))
                .map(LocalCodec::encode);
    }

    @MethodSource
    @FuzzTest
    void shouldDecodeOrRefuse(byte[] message) {
        Cost.bounded(message.length, () -> {
            try {
                LocalCodec.decode(message);
            } catch (MalformedFrameException refused) {
                // Declared.
            }
        });
    }
}
