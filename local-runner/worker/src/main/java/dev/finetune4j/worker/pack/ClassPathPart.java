package dev.finetune4j.worker.pack;

import dev.finetune4j.worker.problem.WorkerProblems;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A jar of the worker, or the folder of classes that stands in its place on the class path.
 *
 * @param name the jar's name in the archive, without its ending
 * @param location the jar or folder
 */
record ClassPathPart(String name, Path location) {
    /** Native libraries, of which few are needed and none from a jar, and what only builds read. */
    private static final Pattern LEFT_OUT =
            Pattern.compile(".*\\.(so|dll|dylib|jnilib|a)|META-INF/(maven|native-image)/.*");

    /** The first time that a zip can tell. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    /** Takes the files that are packed. */
    @FunctionalInterface
    interface Sink {
        /** Takes one; its name has slashes. */
        void take(String name, byte[] content) throws IOException;
    }

    /**
     * Finds a part.
     *
     * @param resource a file that only this part has
     */
    static ClassPathPart find(ClassLoader loader, String name, String resource) {
        URL url = loader.getResource(resource);
        if (url == null) {
            throw WorkerProblems.NOT_PACKABLE
                    .error("a part of the worker is not on the class path: " + name)
                    .because("there is no " + resource)
                    .remedy("put finetune4j-worker on the class path with all its dependencies")
                    .asException();
        }
        try {
            return new ClassPathPart(name, location(url, resource));
        } catch (IOException | URISyntaxException | IllegalArgumentException e) {
            throw WorkerProblems.NOT_PACKABLE
                    .error("a part of the worker lies in no jar of its own: " + name)
                    .because(resource + " is " + url)
                    .remedy("start the program with its jars as they are on the class path: java -cp 'lib/*' MAIN")
                    .asException(e);
        }
    }

    /** Hands over the files that are packed, sorted by name. */
    void read(Sink sink) throws IOException {
        if (Files.isDirectory(location)) {
            readFolder(sink);
        } else {
            readJar(sink);
        }
    }

    /** Writes them as a jar that is not compressed, since the archive is, as a whole and better. */
    void write(Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            read((file, content) -> {
                CRC32 sum = new CRC32();
                sum.update(content);
                ZipEntry entry = new ZipEntry(file);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.length);
                entry.setCrc(sum.getValue());
                entry.setTimeLocal(NO_TIME);
                zip.putNextEntry(entry);
                zip.write(content);
                zip.closeEntry();
            });
        }
    }

    private void readFolder(Sink sink) throws IOException {
        List<String> names;
        try (Stream<Path> files = Files.walk(location)) {
            names = files.filter(Files::isRegularFile)
                    .map(file -> location.relativize(file).toString().replace('\\', '/'))
                    .filter(ClassPathPart::isPacked)
                    .sorted()
                    .toList();
        }
        for (String name : names) {
            sink.take(name, Files.readAllBytes(location.resolve(name)));
        }
    }

    private void readJar(Sink sink) throws IOException {
        try (ZipFile zip = new ZipFile(location.toFile())) {
            List<? extends ZipEntry> entries = zip.stream()
                    .filter(entry -> !entry.isDirectory() && isPacked(entry.getName()))
                    .sorted(Comparator.comparing(ZipEntry::getName))
                    .toList();
            for (ZipEntry entry : entries) {
                try (InputStream content = zip.getInputStream(entry)) {
                    sink.take(entry.getName(), content.readAllBytes());
                }
            }
        }
    }

    private static boolean isPacked(String name) {
        return !LEFT_OUT.matcher(name).matches();
    }

    private static Path location(URL url, String resource) throws IOException, URISyntaxException {
        if (url.getProtocol().equals("jar")) {
            URLConnection jar = url.openConnection(); // opens nothing yet
            return file(((JarURLConnection) jar).getJarFileURL().toURI());
        }
        String uri = url.toString();
        return file(new URI(uri.substring(0, uri.length() - resource.length())));
    }

    private static Path file(URI uri) throws IOException {
        if (!"file".equals(uri.getScheme())) {
            throw new IOException("it is no file of its own");
        }
        return Path.of(uri);
    }
}
