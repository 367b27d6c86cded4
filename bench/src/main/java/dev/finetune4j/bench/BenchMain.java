package dev.finetune4j.bench;

import dev.finetune4j.json.Json;
import dev.finetune4j.training.model.TorchEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains the same steps with the core and with PEFT, in turns, and prints a table. {@code bench/run} starts it. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        description =
                "Compares the training core with transformers and PEFT: same weights, tokens and threads, step by step in turns.")
final class BenchMain implements Callable<Integer> {
    /** Steps before the timed ones: memory is taken from the kernel, products are compiled. */
    private static final int WARM_UP = 2;

    private static final int FIRST_TOKEN = 10;
    private static final int LAST_TOKEN = 49_000;
    private static final int LAST_TOKEN_OF_ENCODER = 30_000;

    /** SmolLM2-135M in bf16, as it is published. */
    private static final String DECODER = "published";

    private static final String ENCODER = "encoder";

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON, too.")
    private @Nullable Path json;

    @Option(
            names = "--workloads",
            paramLabel = "WORKLOAD",
            split = ",",
            description =
                    "[SUBJECT:]BATCHxLENGTH-PRECISION[-layer], such as 4x512-bf16-layer, lora64:4x512-bf16 or full:4x512-fp32;"
                            + " subjects are lora, full, prompt-tuning, encoder, scoring; default: the whole table.")
    private List<String> workloads = List.of();

    @Option(
            names = "--steps",
            defaultValue = "7",
            description = "Timed steps of each side (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--threads", defaultValue = "2", description = "Compute threads (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--python", required = true, hidden = true)
    private Path python = Path.of("python3");

    @Option(names = "--scripts", required = true, hidden = true)
    private Path scripts = Path.of("python");

    @Option(names = "--models", required = true, hidden = true, description = "Folder with the models.")
    private Path models = Path.of(".");

    @Option(names = "--work", required = true, hidden = true)
    private Path work = Path.of(".");

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchMain()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        List<Workload> chosen = workloads.isEmpty()
                ? Workload.table()
                : workloads.stream().map(Workload::parse).toList();
        ComparisonTable table = new ComparisonTable(
                StepCost.ofDecoder(models.resolve(DECODER)), StepCost.ofEncoder(models.resolve(ENCODER)), roof());
        System.out.println(ComparisonTable.head());
        List<Comparison> rows = new ArrayList<>();
        for (Workload workload : chosen) {
            Comparison row = compare(workload);
            System.out.println(table.row(workload, row));
            rows.add(row);
        }
        if (json != null) {
            Files.writeString(json, Json.pretty(rows) + "\n");
        }
        return 0;
    }

    private ComparisonTable.Roof roof() throws IOException {
        Process process = new ProcessBuilder(
                        python.toString(), scripts.resolve("roof.py").toString(), "--threads=" + threads)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            if (line == null) {
                throw new IllegalStateException("roof.py printed nothing");
            }
            return Json.read(line, ComparisonTable.Roof.class);
        }
    }

    private Comparison compare(Workload workload) throws IOException {
        Path folder = Files.createDirectories(work.resolve(workload.toString().replace(":", "-")));
        Path tokens = writeTokens(workload, folder.resolve("tokens"));
        Path model = models.resolve(workload.subject() == Subject.ENCODER ? ENCODER : DECODER);
        Path adapter = folder.resolve("adapter");
        // The peer goes first: it writes the adapter that both start from.
        try (Contender peer = Contender.start(
                        "the peer",
                        peerCommand(workload, model, adapter, tokens),
                        Map.of(),
                        folder.resolve("peer.log"));
                Contender core = Contender.start(
                        "the core",
                        coreCommand(workload, model, adapter, tokens),
                        TorchEnvironment.variables(threads),
                        folder.resolve("core.log"))) {
            List<Contender.StepFigures> ofPeer = new ArrayList<>();
            List<Contender.StepFigures> ofCore = new ArrayList<>();
            for (int step = 0; step < WARM_UP + steps; step++) {
                ofPeer.add(peer.step(step));
                ofCore.add(core.step(step));
            }
            return Comparison.of(
                    workload,
                    new Comparison.Side(ofCore, core.end()),
                    new Comparison.Side(ofPeer, peer.end()),
                    WARM_UP);
        }
    }

    private List<String> peerCommand(Workload workload, Path model, Path adapter, Path tokens) {
        return List.of(
                python.toString(),
                scripts.resolve("peer_contender.py").toString(),
                "--subject=" + workload.subject().label(),
                "--model=" + model,
                "--adapter=" + adapter,
                "--tokens=" + tokens,
                "--batch=" + workload.batch(),
                "--length=" + workload.length(),
                "--precision=" + workload.precisionName(),
                "--threads=" + threads,
                "--rank=" + workload.rank(),
                "--alpha=" + workload.alpha(),
                "--virtual-tokens=" + Workload.VIRTUAL_TOKENS,
                "--answer-tokens=" + Workload.ANSWER_TOKENS,
                "--learning-rate=" + workload.learningRate());
    }

    /** As the worker is started. */
    private List<String> coreCommand(Workload workload, Path model, Path adapter, Path tokens) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms32m",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CoreContender.class.getName(),
                model.toString(),
                adapter.toString(),
                tokens.toString(),
                workload.toString(),
                Integer.toString(threads));
    }

    private Path writeTokens(Workload workload, Path file) {
        int count = workload.tokensOfStep() * (WARM_UP + steps);
        int last = workload.subject() == Subject.ENCODER ? LAST_TOKEN_OF_ENCODER : LAST_TOKEN;
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        new Random(0).ints(count, FIRST_TOKEN, last).forEach(bytes::putInt);
        try {
            return Files.write(file, bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
