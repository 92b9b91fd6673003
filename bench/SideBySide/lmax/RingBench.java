import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The Disruptor's side of the ring comparison: one producer, one BatchEventProcessor, busy spin, each on a core of its own, events of one long.
 * A line of standard input asks for one round, a line of standard output answers it:
 * "stream BATCH SLOTS PIECE PIECES" with "SUM NANOS", nanoseconds of a piece at the lower quartile; "hop SLOTS EVENTS GAP" with "SUM P50 P99", nanoseconds.
 */
public final class RingBench {
    private static final class Event {
        long value;
    }

    /** Adds the values up, and reads the clock after every piece. */
    private static final class Stream implements EventHandler<Event> {
        private final long pieceMask;
        private final long[] stamps;
        private int count;
        private long sum;

        Stream(long piece, int pieces) {
            pieceMask = piece - 1;
            stamps = new long[pieces];
        }

        @Override
        public void onEvent(Event event, long sequence, boolean endOfBatch) {
            sum += event.value;
            if ((sequence & pieceMask) == pieceMask) stamps[count++] = System.nanoTime();
        }

        long lowerQuartileNanos() {
            long[] nanos = new long[stamps.length - 1];
            for (int i = 0; i < nanos.length; i++) nanos[i] = stamps[i + 1] - stamps[i];
            Arrays.sort(nanos);
            return nanos[nanos.length / 4];
        }
    }

    /** Events carry the clock at their publication. */
    private static final class Hops implements EventHandler<Event> {
        private final long[] nanos;
        private int count;

        Hops(int events) {
            nanos = new long[events];
        }

        @Override
        public void onEvent(Event event, long sequence, boolean endOfBatch) {
            nanos[count++] = System.nanoTime() - event.value;
        }
    }

    private final int producerCore;
    private final int consumerCore;

    private RingBench(int producerCore, int consumerCore) {
        this.producerCore = producerCore;
        this.consumerCore = consumerCore;
    }

    public static void main(String[] arguments) throws Exception {
        RingBench bench = new RingBench(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            String[] words = line.split(" ");
            String answer = words[0].equals("stream")
                    ? bench.stream(Integer.parseInt(words[1]), Integer.parseInt(words[2]), Long.parseLong(words[3]), Integer.parseInt(words[4]))
                    : bench.hop(Integer.parseInt(words[1]), Integer.parseInt(words[2]), Long.parseLong(words[3]));
            System.out.println(answer);
        }
    }

    private String stream(int batch, int slots, long piece, int pieces) throws Exception {
        RingBuffer<Event> ring = RingBuffer.createSingleProducer(Event::new, slots, new BusySpinWaitStrategy());
        Stream stream = new Stream(piece, pieces);
        long events = piece * pieces;
        run(ring, stream, events, () -> {
            if (batch == 1) {
                publishSingly(ring, events);
            } else {
                publishBatches(ring, events, batch);
            }
        });
        return stream.sum + " " + stream.lowerQuartileNanos();
    }

    private static void publishSingly(RingBuffer<Event> ring, long events) {
        for (long i = 0; i < events; i++) {
            long sequence = ring.next();
            ring.get(sequence).value = i;
            ring.publish(sequence);
        }
    }

    private static void publishBatches(RingBuffer<Event> ring, long events, int batch) {
        for (long i = 0; i < events; i += batch) {
            long last = ring.next(batch);
            long first = last - batch + 1;
            for (long sequence = first; sequence <= last; sequence++) ring.get(sequence).value = sequence;
            ring.publish(first, last);
        }
    }

    private String hop(int slots, int events, long gap) throws Exception {
        RingBuffer<Event> ring = RingBuffer.createSingleProducer(Event::new, slots, new BusySpinWaitStrategy());
        Hops hops = new Hops(events);
        run(ring, hops, events, () -> {
            long due = System.nanoTime();
            for (int i = 0; i < events; i++) {
                while (System.nanoTime() < due) {
                }
                long sequence = ring.next();
                long now = System.nanoTime();
                ring.get(sequence).value = now;
                ring.publish(sequence);
                due = now + gap;
            }
        });
        Arrays.sort(hops.nanos);
        return hops.count + " " + hops.nanos[events / 2] + " " + hops.nanos[(int) (events * 99L / 100)];
    }

    private void run(RingBuffer<Event> ring, EventHandler<Event> handler, long events, Runnable produce) throws Exception {
        BatchEventProcessor<Event> processor = new BatchEventProcessor<>(ring, ring.newBarrier(), handler);
        ring.addGatingSequences(processor.getSequence());
        Thread consumer = new Thread(() -> {
            pin(consumerCore);
            processor.run();
        });
        Thread producer = new Thread(() -> {
            pin(producerCore);
            while (!processor.isRunning()) Thread.onSpinWait();
            produce.run();
        });
        consumer.start();
        producer.start();
        producer.join();
        while (processor.getSequence().get() < events - 1) Thread.sleep(1);
        processor.halt();
        consumer.join();
    }

    /** Binds the calling thread to one core, where the host lets it. */
    private static void pin(int core) {
        try {
            String thread = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString();
            new ProcessBuilder("taskset", "-cp", Integer.toString(core), thread).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (java.io.IOException missing) {
            System.err.println("bench: taskset is missing, LMAX runs on any core: apt-get install util-linux");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
