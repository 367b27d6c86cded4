package dev.finetune4j.offlinecloud.s3;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.Protocol;
import dev.finetune4j.offlinecloud.wire.RequestTarget;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Signature;
import dev.finetune4j.offlinecloud.wire.SignatureCheck;
import dev.finetune4j.offlinecloud.wire.SignatureCheck.KeyFlaw;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** S3's protocol: method and address tell the operation, contents go as they are, all else is XML. */
public final class S3Protocol implements Protocol {
    private static final String SERVICE = "s3";
    private static final Duration ALLOWED_SKEW = Duration.ofMinutes(15);
    private static final String PAYLOAD = "x-amz-content-sha256";
    private static final String EXPECTED_OWNER = "x-amz-expected-bucket-owner";

    private final OfflineS3 s3;
    private final SignatureCheck signatures;
    private final BucketCalls buckets;
    private final Map<String, S3Call> calls;

    /**
     * The protocol.
     *
     * @param s3 the buckets
     * @param signatures knows who signs
     */
    public S3Protocol(OfflineS3 s3, SignatureCheck signatures) {
        this.s3 = s3;
        this.signatures = signatures;
        buckets = new BucketCalls(s3);
        calls = calls(s3, buckets);
    }

    private static Map<String, S3Call> calls(OfflineS3 s3, BucketCalls buckets) {
        Clock clock = s3.clock();
        ObjectCalls objects = new ObjectCalls(clock);
        MultipartCalls multipart = new MultipartCalls(clock);
        Map<String, S3Call> calls = new HashMap<>(new BucketSettings(s3).calls());
        calls.putAll(Map.ofEntries(
                Map.entry("HeadBucket", buckets::head),
                Map.entry("GetBucketLocation", buckets::location),
                Map.entry("DeleteBucket", buckets::delete),
                Map.entry("ListObjects", ListCalls::objectsAfterMarker),
                Map.entry("ListObjectVersions", ListCalls::versions),
                Map.entry("ListObjectsV2", ListCalls::objects),
                Map.entry("GetObjectAttributes", AttributesCall::answer),
                Map.entry("PutObject", objects::put),
                Map.entry("GetObject", objects::get),
                Map.entry("HeadObject", objects::head),
                Map.entry("DeleteObject", objects::delete),
                Map.entry("CopyObject", new CopyCall(s3, clock)),
                Map.entry("DeleteObjects", new DeleteObjectsCall(s3)),
                Map.entry("PutObjectTagging", TaggingCalls::put),
                Map.entry("GetObjectTagging", TaggingCalls::get),
                Map.entry("DeleteObjectTagging", TaggingCalls::delete),
                Map.entry("CreateMultipartUpload", multipart::create),
                Map.entry("UploadPart", multipart::uploadPart),
                Map.entry("UploadPartCopy", new PartCopyCall(s3, clock)),
                Map.entry("ListParts", multipart::listParts),
                Map.entry("ListMultipartUploads", multipart::listUploads),
                Map.entry("AbortMultipartUpload", multipart::abort),
                Map.entry("CompleteMultipartUpload", new CompleteCall(clock))));
        return calls;
    }

    @Override
    public boolean isSpokenBy(HttpExchange exchange) {
        return Signature.isFor(SERVICE, exchange);
    }

    @Override
    public Request receive(HttpExchange exchange) {
        try {
            return new Received(exchange, S3Request.of(exchange), null);
        } catch (ServiceError error) {
            S3Request unread = new S3Request(
                    exchange.getRequestMethod(), new S3Address("", ""), Map.of(), Map.of(), exchange.getRequestBody());
            return new Received(exchange, unread, error);
        }
    }

    private final class Received implements Request {
        private final HttpExchange exchange;
        private final S3Request request;
        private final @Nullable ServiceError flaw;
        private final String operation;

        Received(HttpExchange exchange, S3Request request, @Nullable ServiceError flaw) {
            this.exchange = exchange;
            this.request = request;
            this.flaw = flaw;
            operation = Route.operation(request).orElseGet(() -> OtherOperations.name(request));
        }

        @Override
        public String operation() {
            return operation;
        }

        @Override
        public Duration allowedSkew() {
            return ALLOWED_SKEW;
        }

        @Override
        public void admit() throws ServiceError {
            if (flaw != null) {
                throw flaw;
            }
            if (!Signature.isIn(exchange)) {
                throw S3Errors.denied();
            }
            if (Signature.isPresigned(exchange)) {
                checkPresigned();
            }
            checkKey();
            checkRegion(signedRegion());
            checkSignature();
            if (Route.operation(request).isEmpty()) {
                throw S3Errors.noSuchOperation(operation);
            }
        }

        private void checkKey() throws ServiceError {
            Signature signature = signature();
            Optional<KeyFlaw> flaw = signatures.keyFlaw(exchange, signature);
            if (flaw.isPresent()) {
                throw switch (flaw.get()) {
                    case UNKNOWN, WITHOUT_TOKEN -> S3Errors.unknownKey(signature.accessKeyId());
                    case WRONG_TOKEN -> S3Errors.wrongToken();
                };
            }
        }

        private void checkSignature() throws ServiceError {
            Signature signature = signature();
            boolean isOfVersion2 = signature.region().isEmpty();
            if (!isOfVersion2) {
                checkCoverage(signature);
            }
            boolean isRight = isOfVersion2
                    ? SignatureCheck.isSame(ownVersion2(signature), signature.value())
                    : signatures.isSignedForS3(exchange, signature, payload());
            if (!isRight) {
                throw S3Errors.wrongSignature(signature.accessKeyId(), signature.value());
            }
        }

        private String ownVersion2(Signature signature) throws ServiceError {
            String sent = RequestTarget.of(exchange).path();
            String path = S3Address.isHost(request.header("host").orElse("")) ? "/" + request.bucket() + sent : sent;
            String expires = S3Request.query(exchange).getOrDefault("Expires", "");
            return SignatureV2.of(request, path, expires, signatures.secretOf(signature));
        }

        /** Whatever Amazon reads must be signed. */
        private void checkCoverage(Signature signature) throws ServiceError {
            List<String> unsigned = exchange.getRequestHeaders().keySet().stream()
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .filter(name -> name.equals("host") || name.startsWith("x-amz-"))
                    .filter(name -> !signature.signedHeaders().contains(name))
                    .sorted()
                    .toList();
            if (!unsigned.isEmpty()) {
                throw S3Errors.unsignedHeaders(String.join(", ", unsigned));
            }
            if (!Signature.isPresigned(exchange)
                    && request.header("x-amz-date").isEmpty()
                    && request.header("date").isEmpty()) {
                throw S3Errors.withoutDate();
            }
        }

        /** What stands for the body, as the client says; the content of objects is held to it when it is taken. */
        private String payload() throws ServiceError {
            Optional<String> told = request.header(PAYLOAD);
            if (told.isEmpty() && !Signature.isPresigned(exchange)) {
                throw S3Errors.invalidRequest("Missing required header for this request: " + PAYLOAD);
            }
            return told.orElse("UNSIGNED-PAYLOAD");
        }

        private void checkPresigned() throws ServiceError {
            if (exchange.getRequestHeaders().containsKey("Authorization")) {
                throw S3Errors.invalidArgument(
                        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter"
                                + " or the Authorization header should be specified",
                        "Authorization",
                        "");
            }
            Presigned.check(S3Request.query(exchange), s3.clock().instant());
        }

        /** A signature without a region is for the endpoint that there is. */
        private String signedRegion() throws ServiceError {
            String region = signature().region();
            return region.isEmpty() ? s3.region() : region;
        }

        private Signature signature() throws ServiceError {
            return Signature.of(exchange).orElseThrow(S3Errors::unsupportedSignature);
        }

        /** One address serves for the endpoints of all regions. A client asks that of the account's region unless it knows better. */
        private void checkRegion(String signed) throws ServiceError {
            Optional<Bucket> bucket = s3.find(request.bucket());
            String right = bucket.map(Bucket::region).orElse(s3.region());
            if (signed.equals(right) || operation.equals("CreateBucket") || operation.equals("ListBuckets")) {
                return;
            }
            if (bucket.isPresent() && signed.equals(s3.region())) {
                throw S3Errors.redirected(bucket.get());
            }
            throw S3Errors.wrongRegion(signed, right);
        }

        @Override
        public String session() {
            return Signature.sessionOf(exchange);
        }

        @Override
        public List<Access> accesses() throws ServiceError {
            List<Access> accesses = new ArrayList<>(S3Accesses.of(operation, request));
            s3.keyOf(request.bucket()).ifPresent(key -> accesses.addAll(S3Accesses.toKey(operation, key, s3.region())));
            return accesses.stream().map(s3::told).toList();
        }

        @Override
        public Answer answer() throws ServiceError, IOException {
            Answer answer = switch (operation) {
                case "ListBuckets" -> buckets.list(request);
                case "CreateBucket" -> buckets.create(request, signedRegion());
                default -> call(s3.bucketFor(operation, request.bucket(), request.header(EXPECTED_OWNER)));
            };
            return marked(answer);
        }

        /** Who may not list a bucket does not hear that something is not there. */
        private Answer call(Bucket bucket) throws ServiceError, IOException {
            try {
                return call().answer(request, bucket);
            } catch (ServiceError error) {
                if (error.code().equals("NoSuchKey")) {
                    s3.gate().admit(session(), s3.told(S3Accesses.toMiss(bucket.name())));
                }
                throw error;
            }
        }

        private S3Call call() {
            S3Call call = calls.get(operation);
            if (call == null) {
                throw new IllegalStateException("there is a route to " + operation + ", and no call");
            }
            return call;
        }

        @Override
        public Answer refusal(ServiceError error) {
            ServiceError own = S3Errors.inOwnWords(error);
            List<Xml> all = new ArrayList<>(
                    List.of(Xml.of("Code", own.code()), Xml.of("Message", String.valueOf(own.getMessage()))));
            own.details().forEach((name, value) -> all.add(Xml.of(name, value)));
            all.add(Xml.of("RequestId", "OFFLINE"));
            all.add(Xml.of("HostId", "offline"));
            Answer answer = marked(Answer.text(
                    own.status(), "application/xml", Xml.of("Error", all).document("")));
            return s3.find(request.bucket())
                    .map(bucket -> answer.with("x-amz-bucket-region", bucket.region()))
                    .orElse(answer);
        }

        private static Answer marked(Answer answer) {
            return answer.with("x-amz-request-id", UUID.randomUUID().toString()).with("x-amz-id-2", "offline");
        }

        @Override
        public ObjectNode parameters() {
            ObjectNode parameters = Json.records().createObjectNode();
            parameters.put("Bucket", request.bucket()).put("Key", request.key());
            request.query().forEach(parameters::put);
            return parameters;
        }
    }
}
