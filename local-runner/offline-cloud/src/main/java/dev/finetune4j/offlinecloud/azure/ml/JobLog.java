package dev.finetune4j.offlinecloud.azure.ml;

import dev.finetune4j.offlinecloud.azure.blob.BlobStore;
import java.io.IOException;
import java.net.URI;

/** What the containers of a job print: one text in the store, which is written again as it grows. Safe for use by several threads. */
final class JobLog {
    /** Where a job's text is among what the run left. */
    static final String NAME = "user_logs/std_log.txt";

    private final BlobStore store;
    private final String blob;
    private final StringBuilder text = new StringBuilder();
    private int stored;

    JobLog(BlobStore store, String job) {
        this.store = store;
        blob = Datastores.runFolder(job) + NAME;
    }

    void add(String line) {
        synchronized (text) {
            text.append(line).append('\n');
        }
    }

    private String text() {
        synchronized (text) {
            return text.toString();
        }
    }

    /** Its last lines, as many as fit into some characters. */
    String tail(int characters) {
        String all = text().strip();
        return all.substring(Math.max(0, all.length() - characters));
    }

    /** Stores it if it has grown; what was stored is never more than what is stored next. */
    synchronized void flush() throws IOException {
        String all = text();
        if (all.length() > stored) {
            store.put(Datastores.ARTIFACTS, blob, all);
            stored = all.length();
        }
    }

    /** Whether any of it is in the store. */
    synchronized boolean isStored() {
        return stored > 0;
    }

    /** A link by which anybody may read what is stored. */
    URI link() {
        return store.readable(Datastores.ARTIFACTS, blob);
    }
}
