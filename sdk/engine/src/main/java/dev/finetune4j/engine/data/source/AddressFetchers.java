package dev.finetune4j.engine.data.source;

import java.nio.file.Path;

/** Brings files from every kind of address that is not on this machine. */
public final class AddressFetchers implements AddressFetcher {
    private final WebFetcher web;
    private final PypiFetcher pypi;
    private final MavenFetcher maven;

    /**
     * Fetchers.
     *
     * @param download for files on the web
     * @param commands runs pip and mvn
     */
    public AddressFetchers(HttpDownload download, CommandRunner commands) {
        this.web = new WebFetcher(download);
        this.pypi = new PypiFetcher(commands);
        this.maven = new MavenFetcher(commands);
    }

    @Override
    public Path fetch(SourceAddress address, Path folder, FetchProgress progress) {
        if (address instanceof SourceAddress.Web file) {
            return web.fetch(file, folder, progress);
        }
        if (address instanceof SourceAddress.PypiFile file) {
            return pypi.fetch(file, folder, progress);
        }
        if (address instanceof SourceAddress.MavenFile file) {
            return maven.fetch(file, folder, progress);
        }
        throw new IllegalArgumentException("a local path needs no fetching: " + address);
    }
}
