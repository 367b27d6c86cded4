package dev.finetune4j.worker.pack;

import dev.finetune4j.error.Problem;
import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The native libraries beside Java and torch: they lie as files where DJL and JNA look first, so that nothing is unpacked from a jar when a
 * container starts.
 */
final class NativeParts {
    /** Tells which torch the bridge to it was built for. */
    static final String TORCH_BRIDGE_VERSION = "jnilib/pytorch.properties";

    private static final String TORCH_BRIDGE = "jnilib/linux-x86_64/cpu/libdjl_torch.so";
    private static final String TOKENIZERS = "native/lib/linux-x86_64/cpu/libtokenizers.so";
    private static final String JNA = "com/sun/jna/linux-x86-64/libjnidispatch.so";

    /** DJL's cache. */
    private static final String CACHE = "djl";

    private static final String FOLDER = "natives";
    private static final String TOKENIZERS_FILE = FOLDER + "/libtokenizers.so";

    /** The one for CPUs reaches a torch for GPUs as well; without saying so DJL looks for another that no jar has. */
    private static final String FLAVOR = "cpu";

    private final ClassLoader loader;

    /** Those of a class path. */
    NativeParts(ClassLoader loader) {
        this.loader = loader;
    }

    /** Resources of the class path by where they lie in the archive. */
    Map<String, String> resourceByFile() {
        TorchBridge bridge = bridge();
        Map<String, String> resources = new TreeMap<>();
        resources.put(
                CACHE + "/pytorch/" + bridge.torch() + "-" + FLAVOR + "-linux-x86_64/" + bridge.djl()
                        + "-libdjl_torch.so",
                TORCH_BRIDGE);
        resources.put(TOKENIZERS_FILE, TOKENIZERS);
        resources.put(FOLDER + "/libjnidispatch.so", JNA);
        return resources;
    }

    /** One of the resources. */
    byte[] content(String resource) throws IOException {
        try (InputStream bytes = loader.getResourceAsStream(resource)) {
            if (bytes == null) {
                throw missing(resource).asException();
            }
            return bytes.readAllBytes();
        }
    }

    /**
     * What tells DJL where they and torch lie.
     *
     * @param root where the archive was unpacked
     * @param torch the folder with {@code libtorch.so}
     */
    Map<String, String> variables(Path root, Path torch) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("DJL_CACHE_DIR", root.resolve(CACHE).toString());
        variables.put("PYTORCH_LIBRARY_PATH", torch.toString());
        // Of the bridge, which fits a newer torch too; any other would be looked for and not found.
        variables.put("PYTORCH_VERSION", bridge().torch());
        variables.put("PYTORCH_FLAVOR", FLAVOR);
        // The file, not its folder: with a GPU DJL would look in a subfolder for its kind.
        variables.put("RUST_LIBRARY_PATH", root.resolve(TOKENIZERS_FILE).toString());
        // A symbol that torch lacks is told when the bridge is loaded; at the first call it would end the process
        // without a word.
        variables.put("LD_BIND_NOW", "1");
        return variables;
    }

    /** The option that tells JNA where its own library lies. */
    static String jnaOption(Path root) {
        return "-Djna.boot.library.path=" + root.resolve(FOLDER);
    }

    private TorchBridge bridge() {
        Properties properties = new Properties();
        try (InputStream text = loader.getResourceAsStream(TORCH_BRIDGE_VERSION)) {
            if (text == null) {
                throw missing(TORCH_BRIDGE_VERSION).asException();
            }
            properties.load(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String version = properties.getProperty("jni_version");
        int cut = version.indexOf('-');
        return new TorchBridge(version.substring(0, cut), version.substring(cut + 1));
    }

    private static Problem.Builder missing(String resource) {
        return WorkerProblems.NOT_PACKABLE
                .error("a native library of the worker is not on the class path")
                .because("there is no " + resource)
                .remedy("put finetune4j-worker on the class path with all its dependencies");
    }

    /**
     * DJL's native side.
     *
     * @param torch version of torch that it was built for
     * @param djl version of DJL
     */
    private record TorchBridge(String torch, String djl) {}
}
