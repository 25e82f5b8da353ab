package io.homeport.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.homeport.link.LinkPolicy;
import io.homeport.process.Descriptor;
import io.homeport.process.EpollRegistration;
import io.homeport.socket.SocketOptions;
import io.homeport.stream.StreamKind;
import io.homeport.stream.StreamState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFileTest {
    private static final int WRITES = 100;
    private static final InetSocketAddress LOCAL = new InetSocketAddress("10.0.0.1", 8080);
    private static final InetSocketAddress REMOTE = new InetSocketAddress("2001:db8::7", 5555);

    @TempDir
    Path directory;

    @Test
    void shouldReadBackWhatItWrote() throws IOException {
        StreamState connection = new StreamState(
                42, "alpha", StreamKind.TCP, LOCAL, REMOTE, 7, true, SocketOptions.NONE, true, 0,
                new StreamState.Inbound(1L << 40, new byte[] {1, 2, 3}, true, true),
                new StreamState.Outbound(99, new byte[] {4, 5}, true, true));
        StreamState listener = StreamState.listener(7, "alpha", LOCAL, 50, SocketOptions.NONE);
        StreamState pipe = StreamState.connection(8, "beta", StreamKind.PIPE_OUT, null, null, SocketOptions.NONE);
        ServiceRecord record = new ServiceRecord(-1L, 2, "shop", "beta", "alpha", 1234, 3, LinkPolicy.parse("preferred:eth1"), List.of(
                new ServiceRecord.Item(connection, List.of(), -1),
                new ServiceRecord.Item(listener, List.of(17, 18), -1),
                new ServiceRecord.Item(pipe, List.of(1), 30)),
                List.of(new ServiceRecord.Connecting(REMOTE, true, SocketOptions.NONE, List.of(20, 21)),
                        new ServiceRecord.Connecting(LOCAL, false, SocketOptions.NONE, List.of(22))),
                List.of(new Descriptor(17, 02004002, List.of(new EpollRegistration(5, 17, 0x80000019, -2))),
                        new Descriptor(18, 02, List.of())));

        RecordFile.write(directory.resolve("record"), record);
        ServiceRecord back = RecordFile.read(directory.resolve("record"));

        assertThat(back).usingRecursiveComparison().isEqualTo(record);
    }

    @Test
    void shouldTellOnlyWhatIsNotAsItWasForeseen() throws IOException {
        List<ServiceRecord.Item> then = new ArrayList<>();
        List<Descriptor> watched = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            then.add(new ServiceRecord.Item(StreamState.connection(i, "alpha", StreamKind.TCP, LOCAL, REMOTE, SocketOptions.NONE), List.of(20 + i), -1));
            watched.add(new Descriptor(20 + i, 02004002, List.of(new EpollRegistration(5, 20 + i, 1, i))));
        }
        ServiceRecord foreseen = record(then, watched);
        List<ServiceRecord.Item> now = new ArrayList<>(then.subList(1, 100));
        StreamState spoke = then.get(7).state().withOutbound(new StreamState.Outbound(3, new byte[0], false, false));
        now.set(6, new ServiceRecord.Item(spoke, then.get(7).fds(), -1));
        now.set(7, new ServiceRecord.Item(then.get(8).state(), List.of(28, 500), -1));
        now.add(new ServiceRecord.Item(StreamState.listener(1_000, "alpha", LOCAL, 50, SocketOptions.NONE), List.of(17), -1));
        List<Descriptor> watchedNow = new ArrayList<>(watched.subList(1, 100));
        watchedNow.set(0, new Descriptor(21, 02004002, List.of()));
        ServiceRecord record = record(now, watchedNow);

        RecordFile.write(directory.resolve("whole"), record);
        RecordFile.write(directory.resolve(MigrationFiles.FORESEEN), foreseen);
        RecordFile.write(directory.resolve("record"), record, new AsForeseen(foreseen));

        assertThat(Files.size(directory.resolve("record"))).isLessThan(Files.size(directory.resolve("whole")) / 10);
        for (ServiceRecord back : List.of(
                RecordFile.read(directory.resolve("record")), RecordFile.open(directory.resolve("record"), foreseen).read())) {
            assertThat(back).usingRecursiveComparison().ignoringCollectionOrder().isEqualTo(record);
        }
    }

    @Test
    void shouldRefuseARecordThatRefersToAnotherMigrations() throws IOException {
        ServiceRecord.Item item = new ServiceRecord.Item(
                StreamState.connection(1, "alpha", StreamKind.TCP, LOCAL, REMOTE, SocketOptions.NONE), List.of(20), -1);
        ServiceRecord record = record(List.of(item), List.of());
        RecordFile.write(directory.resolve("record"), record, new AsForeseen(record));
        ServiceRecord others = new ServiceRecord(2, 2, "shop", "beta", "alpha", 1234, 3, null, List.of(item), List.of(), List.of());

        assertThatThrownBy(() -> RecordFile.open(directory.resolve("record"), others).read()).hasMessageContaining("another migration");
        assertThatThrownBy(() -> RecordFile.open(directory.resolve("record"), record(List.of(), List.of())).read()).hasMessageContaining("refers to");
        Files.move(directory.resolve("record"), directory.resolve(MigrationFiles.FORESEEN));
        assertThatThrownBy(() -> RecordFile.read(directory.resolve(MigrationFiles.FORESEEN))).hasMessageContaining("nothing went ahead");
    }

    private static ServiceRecord record(List<ServiceRecord.Item> streams, List<Descriptor> vacated) {
        return new ServiceRecord(1, 2, "shop", "beta", "alpha", 1234, 3, null, streams, List.of(), vacated);
    }

    /** Whoever looks at any moment finds what one would who comes after a daemon that was killed at that moment. */
    @Test
    void shouldBeThereWholeOrNotAtAll() throws Exception {
        ServiceRecord.Item listener = new ServiceRecord.Item(StreamState.listener(7, "alpha", LOCAL, 50, SocketOptions.NONE), List.of(17), -1);
        ServiceRecord record = new ServiceRecord(
                1, 2, "shop", "beta", "alpha", 1234, 3, null, Collections.nCopies(5_000, listener), List.of(), List.of());
        AtomicBoolean written = new AtomicBoolean();
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> {
            int found = 0;
            boolean last;
            do {
                last = written.get();
                for (int i = 0; i < WRITES; i++) {
                    found += streamsIn(directory.resolve("record-" + i)) == 5_000 ? 1 : 0;
                }
            } while (!last);
            return found;
        });

        for (int i = 0; i < WRITES; i++) {
            RecordFile.write(directory.resolve("record-" + i), record);
        }
        written.set(true);

        assertThat(reader.get(30, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(WRITES);
    }

    /** 0 if it is not there yet. */
    private static int streamsIn(Path file) {
        try {
            return RecordFile.read(file).streams().size();
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldRefuseWhatIsNoRecord() throws IOException {
        Path file = directory.resolve("record");
        Files.write(file, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});

        assertThatThrownBy(() -> RecordFile.read(file)).isInstanceOf(IOException.class).hasMessageContaining("no record");
    }

    @Test
    void shouldRefuseARecordThatEndsEarly() throws IOException {
        Path file = directory.resolve("record");
        ServiceRecord record = new ServiceRecord(1, 2, "shop", "beta", "alpha", 1234, 3, null, List.of(
                new ServiceRecord.Item(StreamState.listener(7, "alpha", LOCAL, 50, SocketOptions.NONE), List.of(17), -1)), List.of(), List.of());
        RecordFile.write(file, record);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 20));

        assertThatThrownBy(() -> RecordFile.read(file)).isInstanceOf(IOException.class).hasMessageContaining("no record");
    }
}
