package dev.finetune4j.offlinecloud.sagemaker;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where a container finds what the service lays out at {@code /opt/ml}. */
interface OptMl {
    /** Where it is in an image. */
    String PATH = "/opt/ml";

    /** Where this machine allows nothing else: each container has its folder elsewhere, and what the job says of {@link #PATH} says that. */
    OptMl ELSEWHERE = new OptMl() {
        @Override
        public String of(Path folder) {
            return folder.toString();
        }

        @Override
        public List<String> around(Path folder, List<String> command) {
            // A program is looked for on the container's path, where that of this process may have a wrapper that needs
            // its variables.
            return Stream.concat(Stream.of("/bin/sh", "-c", "exec \"$0\" \"$@\""), command.stream())
                    .toList();
        }
    };

    /** {@link #PATH} itself where this machine allows it, which is tried once. */
    static OptMl ofThisMachine() {
        return Tried.HERE;
    }

    /** The file beside a container's folder that it finds at {@code /etc/hosts}, where the machine allows that. */
    static Path hostsBeside(Path folder) {
        return folder.resolveSibling(folder.getFileName() + "-hosts");
    }

    /** What a container's process calls its folder. */
    String of(Path folder);

    /** What is started for a command to find its folder. */
    List<String> around(Path folder, List<String> command);

    /** A text of the job's that calls the folder as the process does. */
    default String told(Path folder, String text) {
        return Tried.NAME.matcher(text).replaceAll(Matcher.quoteReplacement(of(folder)));
    }

    /** Lets the settings, and the scripts that Amazon's SDK sends along to start others, call the folder as the process does. */
    default void adapt(Path folder) throws IOException {
        if (of(folder).equals(PATH)) {
            return;
        }
        for (Path place : List.of(folder.resolve("input/config"), folder.resolve("input/data/sm_drivers"))) {
            if (Files.isDirectory(place)) {
                try (Stream<Path> files = Files.walk(place)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        adaptFile(folder, file);
                    }
                }
            }
        }
    }

    private void adaptFile(Path folder, Path file) throws IOException {
        try {
            Files.writeString(file, told(folder, Files.readString(file)));
        } catch (MalformedInputException e) {
            // no text, so no script
        }
    }

    /** What is found out once, when it is first asked for. */
    final class Tried {
        private static final Pattern NAME = Pattern.compile("(?<![\\w.-])" + PATH + "(?![\\w-])");
        private static final OptMl HERE =
                MountNamespace.ofThisMachine().<OptMl>map(it -> it).orElse(ELSEWHERE);

        private Tried() {}
    }
}
