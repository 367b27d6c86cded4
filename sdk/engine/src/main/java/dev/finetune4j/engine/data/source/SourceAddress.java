package dev.finetune4j.engine.data.source;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a source is to be had, as the job writes it. */
public sealed interface SourceAddress {
    /**
     * A path on this machine, relative to the job file.
     *
     * @param path a file, a folder or a pattern such as {@code logs/*.jsonl}
     */
    record LocalPath(String path) implements SourceAddress {
        @Override
        public String toString() {
            return path;
        }
    }

    /**
     * A file on the web.
     *
     * @param uri https, or http on this machine
     */
    record Web(URI uri) implements SourceAddress {
        @Override
        public String toString() {
            return withoutSecrets(uri);
        }
    }

    /**
     * A file in a package of the Python Package Index.
     *
     * @param name the package
     * @param version its exact version
     * @param path the file in the wheel or source archive; after a further {@code !} in an archive therein
     */
    record PypiFile(String name, String version, String path) implements SourceAddress {
        @Override
        public String toString() {
            return PYPI + name + "==" + version + "!" + path;
        }
    }

    /**
     * A file in an artifact of a Maven repository.
     *
     * @param group the group id
     * @param artifact the artifact id
     * @param version its exact version
     * @param path the entry in the jar
     */
    record MavenFile(String group, String artifact, String version, String path) implements SourceAddress {
        @Override
        public String toString() {
            return MAVEN + group + ":" + artifact + ":" + version + "!" + path;
        }
    }

    /** Prefix of a file in a Python package. */
    String PYPI = "pypi:";

    /** Prefix of a file in a Maven artifact. */
    String MAVEN = "maven:";

    /**
     * Reads an address.
     *
     * @param text the address as the job writes it
     * @param place what a problem points at, such as {@code data.sources.patterns}
     * @throws FineTuneException with FT0203 if it is not understood
     */
    static SourceAddress parse(String text, String place) {
        if (text.startsWith(PYPI)) {
            Matcher match = Addresses.PYPI_FILE.matcher(text);
            if (match.matches()) {
                return new PypiFile(match.group("name"), match.group("version"), match.group("path"));
            }
            throw unknown(text, place, "pypi:NAME==VERSION!path/in/package");
        }
        if (text.startsWith(MAVEN)) {
            Matcher match = Addresses.MAVEN_FILE.matcher(text);
            if (match.matches()) {
                return new MavenFile(
                        match.group("group"), match.group("artifact"), match.group("version"), match.group("path"));
            }
            throw unknown(text, place, "maven:GROUP:ARTIFACT:VERSION!path/in/jar");
        }
        if (Addresses.SCHEME.matcher(text).lookingAt()) {
            return web(text, place);
        }
        return new LocalPath(text);
    }

    private static SourceAddress web(String text, String place) {
        try {
            URI uri = new URI(text);
            String host = String.valueOf(uri.getHost());
            boolean isSafe = "https".equals(uri.getScheme())
                    || ("http".equals(uri.getScheme()) && Addresses.THIS_MACHINE.contains(host));
            if (isSafe && uri.getHost() != null) {
                return new Web(uri);
            }
            throw unknown(withoutSecrets(uri), place, "https://HOST/PATH");
        } catch (URISyntaxException e) {
            throw unknown(
                    text.substring(0, text.indexOf(':')) + "://...", place, "https://HOST/PATH, with spaces as %20");
        }
    }

    private static FineTuneException unknown(String text, String place, String form) {
        return DataProblems.ADDRESS_UNKNOWN
                .error("the address " + text + " is not understood")
                .at(Location.ofKey(place))
                .remedy("write it as " + form)
                .asException();
    }

    /** The address without user, query and fragment, where passwords and signatures stand. */
    static String withoutSecrets(URI uri) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        return uri.getScheme() + "://" + uri.getHost() + port + path + (uri.getRawQuery() == null ? "" : "?...");
    }

    /** The forms of addresses. */
    final class Addresses {
        private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+://");
        private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");
        // Names and versions are handed to other programs, so that nothing but their own alphabets may pass.
        private static final Pattern PYPI_FILE = Pattern.compile(
                "pypi:(?<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)==(?<version>[A-Za-z0-9.!+_-]+?)!(?<path>[^!]+(?:![^!]+)*)");
        private static final Pattern MAVEN_FILE = Pattern.compile(
                "maven:(?<group>[A-Za-z0-9._-]+):(?<artifact>[A-Za-z0-9._-]+):(?<version>[A-Za-z0-9._-]+)!(?<path>[^!]+(?:![^!]+)*)");

        private Addresses() {}
    }
}
