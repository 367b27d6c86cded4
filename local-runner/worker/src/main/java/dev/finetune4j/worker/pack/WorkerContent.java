package dev.finetune4j.worker.pack;

import dev.finetune4j.spi.WorkerPackage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What goes into an archive:
 *
 * <table>
 * <caption>What lies where</caption>
 * <tr><td>{@code start}</td><td>finds the image's torch and becomes the worker</td></tr>
 * <tr><td>{@code lib}</td><td>jars, without native libraries</td></tr>
 * <tr><td>{@code natives}, {@code djl}</td><td>native libraries, those for Linux on x86-64; none of torch's own</td></tr>
 * <tr><td>{@code runtime}</td><td>Java</td></tr>
 * </table>
 */
final class WorkerContent implements ArchiveContent {
    private static final String JARS = "lib";
    private static final String RUNTIME = "runtime";

    /**
     * Jars, each by a file that only it has. Of DJL's own dependencies commons-compress is missing: it unpacks what DJL downloads, and the
     * worker downloads nothing.
     */
    private static final Map<String, String> RESOURCE_BY_JAR = Map.ofEntries(
            Map.entry("djl-api", "ai/djl/engine/Engine.class"),
            Map.entry("djl-pytorch-engine", "ai/djl/pytorch/engine/PtEngine.class"),
            Map.entry("djl-pytorch-jni", NativeParts.TORCH_BRIDGE_VERSION),
            Map.entry("djl-tokenizers", "ai/djl/huggingface/tokenizers/jni/LibUtils.class"),
            Map.entry("finetune4j-api", "dev/finetune4j/spi/WorkerPackage.class"),
            Map.entry("finetune4j-json", "dev/finetune4j/json/Json.class"),
            Map.entry("finetune4j-model-files", "dev/finetune4j/modelfiles/ModelFilesProblems.class"),
            Map.entry("finetune4j-training", "dev/finetune4j/training/model/TorchEnvironment.class"),
            Map.entry("finetune4j-worker", "dev/finetune4j/worker/SageMakerMain.class"),
            Map.entry("gson", "com/google/gson/Gson.class"),
            Map.entry("jackson-annotations", "com/fasterxml/jackson/annotation/JsonProperty.class"),
            Map.entry("jackson-core", "com/fasterxml/jackson/core/JsonFactory.class"),
            Map.entry("jackson-databind", "com/fasterxml/jackson/databind/ObjectMapper.class"),
            Map.entry("jna", "com/sun/jna/Native.class"),
            Map.entry("slf4j-api", "org/slf4j/Logger.class"),
            Map.entry("slf4j-jdk-platform-logging", "org/slf4j/jdk/platform/logging/SLF4JSystemLoggerFinder.class"),
            Map.entry("slf4j-simple", "org/slf4j/simple/SimpleLogger.class"));

    private final ClassLoader loader;
    private final TrimmedRuntime runtime;
    private final NativeParts natives;

    /** The worker on a class path, with a Java. */
    WorkerContent(ClassLoader loader, TrimmedRuntime runtime) {
        this.loader = loader;
        this.runtime = runtime;
        natives = new NativeParts(loader);
    }

    /** SHA-256 over all of it. Java counts by its version, since it takes seconds to make. */
    @Override
    public String digest() throws IOException {
        runtime.check();
        MessageDigest sum = WorkerArchive.sha256();
        add(sum, RUNTIME, runtime.identity().getBytes(StandardCharsets.UTF_8));
        add(sum, WorkerPackage.START, start());
        for (ClassPathPart part : parts()) {
            part.read((name, content) -> add(sum, part.name() + "/" + name, content));
        }
        for (Map.Entry<String, String> library : natives.resourceByFile().entrySet()) {
            add(sum, library.getKey(), natives.content(library.getValue()));
        }
        return HexFormat.of().formatHex(sum.digest());
    }

    @Override
    public void layOut(Path folder) throws IOException {
        runtime.write(folder.resolve(RUNTIME));
        Path jars = Files.createDirectories(folder.resolve(JARS));
        for (ClassPathPart part : parts()) {
            part.write(jars.resolve(part.name() + ".jar"));
        }
        for (Map.Entry<String, String> library : natives.resourceByFile().entrySet()) {
            Path file = folder.resolve(library.getKey());
            Files.createDirectories(file.resolve("..").normalize());
            Files.write(file, natives.content(library.getValue()));
        }
        Path start = Files.write(folder.resolve(WorkerPackage.START), start());
        if (!start.toFile().setExecutable(true)) {
            throw new IOException(start + " cannot be made executable");
        }
    }

    private List<ClassPathPart> parts() {
        return RESOURCE_BY_JAR.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(jar -> ClassPathPart.find(loader, jar.getKey(), jar.getValue()))
                .toList();
    }

    private static byte[] start() throws IOException {
        try (InputStream script = WorkerContent.class.getResourceAsStream(WorkerPackage.START)) {
            if (script == null) {
                throw new IOException("there is no " + WorkerPackage.START + " beside " + WorkerContent.class);
            }
            return script.readAllBytes();
        }
    }

    /** Adds a named part to a digest. */
    static void add(MessageDigest sum, String name, byte[] content) {
        byte[] named = name.getBytes(StandardCharsets.UTF_8);
        sum.update(ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(named.length)
                .putInt(content.length)
                .flip());
        sum.update(named);
        sum.update(content);
    }
}
