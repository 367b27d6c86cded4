package dev.finetune4j.worker.pack;

import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The torch of an image as its files tell of it. Nothing is loaded: a torch that does not fit ends a process at the first call, without a
 * word.
 *
 * @param folder Python's package {@code torch}
 * @param version as it tells it, such as {@code 2.7.1+cu128}
 */
public record ImageTorch(Path folder, String version) {
    private static final Pattern VERSION = Pattern.compile("(?m)^__version__\\s*(?::.*)?=\\s*['\"]([^'\"]+)['\"]");

    /** Those on which jobs were run from end to end; no pre-releases, whose functions may still be others. */
    private static final Pattern ACCEPTED = Pattern.compile("2\\.[78]\\.\\d+(\\+.*)?");

    private static final String REMEDY =
            "leave the image out of the job, so that the vendor's image of torch 2.7.1 is taken";

    /**
     * Reads it.
     *
     * @param folder Python's package {@code torch}, or empty where no Python has one
     * @param looked the Pythons that were asked, for the message
     */
    public static ImageTorch read(String folder, String looked) {
        if (folder.isEmpty()) {
            throw WorkerProblems.TORCH_UNFIT
                    .error("the image has no torch")
                    .because(looked.isBlank() ? "it has no Python" : "looked with " + looked.strip())
                    .remedy(REMEDY)
                    .asException();
        }
        ImageTorch torch =
                new ImageTorch(Path.of(folder), version(Path.of(folder).resolve("version.py")));
        if (!ACCEPTED.matcher(torch.version).matches()) {
            throw WorkerProblems.TORCH_UNFIT
                    .error("the image has torch " + torch.version + ", and the worker runs on 2.7 and 2.8")
                    .because("it lies in " + folder)
                    .remedy(REMEDY)
                    .asException();
        }
        if (!Files.exists(torch.libraries().resolve("libtorch.so"))) {
            throw WorkerProblems.TORCH_UNFIT
                    .error("the image's torch has no libtorch.so")
                    .because("there is none in " + torch.libraries())
                    .remedy(REMEDY)
                    .asException();
        }
        return torch;
    }

    /** The folder with its native libraries. */
    Path libraries() {
        return folder.resolve("lib");
    }

    /** Where pip puts the library that counts GPUs, beside torch; empty with a torch for CPUs. */
    Optional<Path> cudaRuntime() {
        return Optional.of(folder.toAbsolutePath().resolveSibling("nvidia/cuda_runtime/lib"))
                .filter(Files::isDirectory);
    }

    private static String version(Path file) {
        try {
            Matcher version = VERSION.matcher(Files.readString(file));
            if (version.find()) {
                return version.group(1);
            }
            throw new IOException("it has no __version__");
        } catch (IOException e) {
            throw WorkerProblems.TORCH_UNFIT
                    .error("the image's torch does not tell its version")
                    .because(file + " cannot be read: " + e.getMessage())
                    .remedy(REMEDY)
                    .asException(e);
        }
    }
}
