package dev.finetune4j.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** A checkout with the real launcher and a jar of the classes under test, as a build leaves it. */
record Checkout(Path root) {
    /** Copies the launcher to {@code root}; nothing is built there. */
    static Checkout at(Path root) throws IOException {
        for (String folder : new String[] {"sdk", "local-runner", "providers", "cli/target", "target"}) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.createFile(root.resolve("pom.xml"));
        Files.copy(Path.of("../finetune"), root.resolve("finetune"));
        if (!root.resolve("finetune").toFile().setExecutable(true, false)) {
            throw new IOException("the launcher cannot be made executable");
        }
        return new Checkout(root);
    }

    Path launcher() {
        return root.resolve("finetune");
    }

    Path target() {
        return root.resolve("cli/target");
    }

    /** Makes {@code finetune.jar} and {@code lib} in a folder, from this test's own class path. */
    static void build(Path target) throws IOException {
        Path lib = Files.createDirectories(target.resolve("lib"));
        List<String> names = new ArrayList<>();
        Path own = Path.of("target/classes").toAbsolutePath();
        // Surefire's ends with a separator; what is behind it would be the folder that tests run in, with all that they
        // write.
        String classPath = System.getProperty("java.class.path");
        for (String entry : classPath.split(File.pathSeparator)) {
            Path path = Path.of(entry).toAbsolutePath();
            if (path.equals(own) || path.endsWith("test-classes") || Files.notExists(path)) {
                continue;
            }
            Path jar = lib.resolve(names.size() + ".jar");
            if (Files.isDirectory(path)) {
                pack(path, jar, new Manifest());
            } else {
                linkOrCopy(path, jar);
            }
            names.add("lib/" + jar.getFileName());
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Main.class.getName());
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", names));
        pack(own, target.resolve("finetune.jar"), manifest);
    }

    /** The natives are large; a symbolic link would not do, since another user may not be able to follow it. */
    private static void linkOrCopy(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from);
        } catch (IOException | UnsupportedOperationException e) {
            Files.copy(from, to);
        }
    }

    private static void pack(Path folder, Path jar, Manifest manifest) throws IOException {
        manifest.getMainAttributes().putIfAbsent(Attributes.Name.MANIFEST_VERSION, "1.0");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file, manifest);
                Stream<Path> classes = Files.walk(folder)) {
            for (Path path : classes.filter(Files::isRegularFile).sorted().toList()) {
                String name = folder.relativize(path).toString();
                if (!name.equals("META-INF/MANIFEST.MF")) {
                    entries.putNextEntry(new JarEntry(name));
                    Files.copy(path, entries);
                    entries.closeEntry();
                }
            }
        }
    }
}
