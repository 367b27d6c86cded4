package dev.finetune4j.worker.pack;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.LibUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an image has of Python and torch, for a container's start. Python is that of this machine; its torch lies in a folder that the variable
 * {@code PYTHONPATH} names.
 */
final class StandInTorch {
    /** Whoever imports it is told off: to find torch must not import it. */
    private static final String NOT_IMPORTED = "raise ImportError('torch was imported')\n";

    private StandInTorch() {}

    /** A torch of a version with native libraries that are not there. */
    static Path ofVersion(Path packages, String version) throws IOException {
        Path torch = Files.createDirectories(packages.resolve("torch"));
        Files.createDirectories(torch.resolve("lib"));
        Files.writeString(torch.resolve("__init__.py"), NOT_IMPORTED);
        // As the wheels have it.
        Files.writeString(torch.resolve("version.py"), """
                from typing import Optional

                __all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'xpu']
                __version__ = '%s'
                debug = False
                cuda: Optional[str] = None
                git_version = 'e2d141dbde55c2a4370fac5165b0561b6af4798b'
                """.formatted(version));
        return packages;
    }

    /** A torch whose native libraries are those that DJL brings for this machine: torch 2.7.1, as Meta builds it for C++. */
    static Path ofDjl(Path packages) throws IOException {
        ofVersion(packages, "2.7.1");
        Engine.getEngine("PyTorch");
        try (Stream<Path> files = Files.list(Path.of(LibUtils.getLibtorchPath()))) {
            // Without DJL's own bridge, which must come from the archive.
            for (Path file : files.filter(file -> !file.getFileName().toString().contains("djl"))
                    .toList()) {
                Files.createSymbolicLink(packages.resolve("torch/lib").resolve(file.getFileName()), file);
            }
        }
        return packages;
    }

    /** A folder for {@code PATH} with a Python that does not depend on whose it is. */
    static Path python(Path folder) throws IOException, InterruptedException {
        Process asked = new ProcessBuilder("python3", "-c", "import sys; print(sys.executable)").start();
        String executable = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (asked.waitFor() != 0) {
            throw new IOException("python3 does not tell where it lies");
        }
        Path python = Files.createDirectories(folder).resolve("python3");
        Files.write(python, List.of("#!/bin/sh", "exec '" + executable + "' \"$@\""));
        if (!python.toFile().setExecutable(true)) {
            throw new IOException(python + " cannot be made executable");
        }
        return folder;
    }
}
