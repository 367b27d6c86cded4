package dev.finetune4j.engine.data.source;

import dev.finetune4j.engine.data.DataProblems;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Retry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Fetches files from the web. */
final class WebFetcher {
    /** Largest data file that is downloaded. */
    static final long MAX_BYTES = 20L << 30;

    private final HttpDownload download;

    WebFetcher(HttpDownload download) {
        this.download = download;
    }

    Path fetch(SourceAddress.Web address, Path folder, FetchProgress progress) {
        Path file = folder.resolve(fileName(address));
        try {
            download.to(new HttpDownload.Order(address.uri(), Map.of(), MAX_BYTES, address.toString()), file, progress);
            return file;
        } catch (DownloadException e) {
            throw DataProblems.SOURCE_UNREACHABLE
                    .error("cannot download " + address)
                    .at(Location.of(address.toString()))
                    .because(String.valueOf(e.getMessage()))
                    .remedy("check the address and the network: curl -I " + address)
                    .retry(e.status() == 404 ? Retry.NEVER : Retry.after(Duration.ofMinutes(1)))
                    .asException(e);
        } catch (IOException e) {
            throw DataProblems.unwritable(file.toString(), e);
        }
    }

    private static String fileName(SourceAddress.Web address) {
        String path = String.valueOf(address.uri().getPath());
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.isBlank() || name.equals(".") || name.equals("..") ? "download" : name;
    }
}
