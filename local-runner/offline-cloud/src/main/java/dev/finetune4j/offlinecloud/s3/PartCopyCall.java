package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.s3.ContentFolder.Content;
import dev.finetune4j.offlinecloud.s3.MultipartUpload.Part;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Taking a part of an upload from an object that is stored already. */
final class PartCopyCall implements S3Call {
    private static final String RANGE = "x-amz-copy-source-range";
    private static final Pattern FIRST_AND_LAST = Pattern.compile("bytes=(\\d{1,18})-(\\d{1,18})");

    private final OfflineS3 s3;
    private final Clock clock;

    PartCopyCall(OfflineS3 s3, Clock clock) {
        this.s3 = s3;
        this.clock = clock;
    }

    @Override
    public Answer answer(S3Request request, Bucket bucket) throws ServiceError, IOException {
        int number = MultipartCalls.number(request);
        MultipartUpload upload = MultipartCalls.upload(request, bucket);
        ChecksumKind kind = upload.proof().kind();
        Content content;
        Bucket.Opened source = CopySource.open(request, s3);
        try (InputStream from = source.content()) {
            ByteRange range = range(request, source.object().size());
            from.skipNBytes(range.first());
            content = bucket.contents().take(new FirstBytes(from, range.length()), List.of(kind));
        }
        Part part = Part.of(number, content, kind, clock.instant());
        upload.add(part);
        return S3Call.xml(Xml.of(
                "CopyPartResult",
                List.of(
                        Xml.of("LastModified", ListCalls.time(part.modified())),
                        Xml.of("ETag", S3Call.quoted(part.etag())),
                        Xml.of(kind.element(), part.checksum().value()))));
    }

    private static ByteRange range(S3Request request, long size) throws ServiceError {
        if (request.header(RANGE).isEmpty()) {
            return new ByteRange(0, size - 1);
        }
        String told = request.header(RANGE).get();
        Matcher range = FIRST_AND_LAST.matcher(told);
        if (!range.matches()) {
            throw S3Errors.invalidArgument(
                    "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based"
                            + " offsets of the first and last bytes to copy",
                    RANGE,
                    told);
        }
        ByteRange part = new ByteRange(Long.parseLong(range.group(1)), Long.parseLong(range.group(2)));
        if (part.first() > part.last() || part.last() >= size) {
            throw S3Errors.invalidArgument(
                    "Range specified is not valid for source object of size: " + size, RANGE, told);
        }
        return part;
    }

    /** The first bytes of a stream as one that ends after them. */
    private static final class FirstBytes extends InputStream {
        private final InputStream from;
        private long left;

        FirstBytes(InputStream from, long count) {
            this.from = from;
            left = count;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = from.read(to, offset, (int) Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }
    }
}
