package dev.finetune4j.engine.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** {@link DurableFiles} on a disk. */
public final class DiskFiles implements DurableFiles {
    @Override
    public void createFolder(Path folder) throws IOException {
        Path absolute = folder.toAbsolutePath();
        if (Files.isDirectory(absolute)) {
            return;
        }
        Path parent = absolute.getParent();
        if (parent != null) {
            createFolder(parent);
        }
        try {
            Files.createDirectory(absolute);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(absolute)) {
                NotDirectoryException inTheWay = new NotDirectoryException(absolute.toString());
                inTheWay.initCause(e);
                throw inTheWay;
            }
        }
        if (parent != null) {
            forceFolder(parent);
        }
    }

    @Override
    public AppendFile open(Path file) throws IOException {
        boolean isNew = Files.notExists(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (isNew) {
            channel.force(true);
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                forceFolder(parent);
            }
        }
        return new ChannelFile(channel);
    }

    /** Makes the names in a folder durable, where the system can sync folders at all. */
    static void forceFolder(Path folder) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(folder, StandardOpenOption.READ);
        } catch (IOException e) {
            return; // Windows opens no folders; its file systems journal names themselves.
        }
        try (channel) {
            channel.force(true);
        }
    }

    private record ChannelFile(FileChannel channel) implements AppendFile {
        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            long position = channel.size();
            while (buffer.hasRemaining()) {
                position += channel.write(buffer, position);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void force() throws IOException {
            channel.force(true);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
