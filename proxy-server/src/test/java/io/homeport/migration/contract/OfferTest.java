package io.homeport.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.homeport.files.FileNeed;
import io.homeport.wire.migration.MessageHeaderEncoder;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class OfferTest {
    @Test
    void shouldReadBackWhatItWrote() {
        Offer offer = new Offer(-3, "shop", "/usr/lib/jvm/17", 1L << 33, List.of(
                new FileNeed("/srv/shop.jar", 0100644, 12345, false, false, -77),
                new FileNeed("/tmp/ä.log", 0100600, -1, true, true, 0)), new byte[] {9, 8});

        assertThat(Offer.decode(offer.encode())).usingRecursiveComparison().isEqualTo(offer);
    }

    @Test
    void shouldReadBackTheAnswer() {
        assertThat(Offer.decodeReply(Offer.encodeReply(List.of("no room", "no file")))).isEqualTo(new Offer.Reply(List.of("no room", "no file"), true));
        assertThat(Offer.decodeReply(Offer.encodeReply(List.of())).obstacles()).isEmpty();
    }

    @Test
    void shouldNotTakeANodeOfAnEarlierVersionToReadWhatItDoesNot() {
        byte[] reply = Offer.encodeReply(List.of("no room"));
        new MessageHeaderEncoder().wrap(new UnsafeBuffer(reply), 0).version(2);

        assertThat(Offer.decodeReply(reply)).isEqualTo(new Offer.Reply(List.of("no room"), false));
    }
}
