package dev.finetune4j.offlinecloud.s3;

import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.io.IOException;

/** An operation on a bucket or its objects. */
interface S3Call {
    String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

    /** Does it, in a bucket that is there and the caller's. */
    Answer answer(S3Request request, Bucket bucket) throws ServiceError, IOException;

    /** An answer with a document. */
    static Answer xml(Xml document) {
        return Answer.text(200, "application/xml", document.document(S3Call.NAMESPACE));
    }

    /** A tag as clients know it. */
    static String quoted(String etag) {
        return '"' + etag + '"';
    }
}
