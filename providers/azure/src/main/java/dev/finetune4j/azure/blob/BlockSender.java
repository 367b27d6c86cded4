package dev.finetune4j.azure.blob;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.Block;
import com.azure.storage.blob.models.BlockListType;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.blob.options.BlockBlobStageBlockOptions;
import com.azure.storage.blob.specialized.BlockBlobAsyncClient;
import dev.finetune4j.azure.internal.AzureConnection;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Stores a file, a large one block by block. Blocks that an earlier call has sent stay for a week where it was broken off: they are known by position,
 * size and MD5, and are not sent again. Two callers may feed one blob, since their blocks are the same. The service holds what comes to its MD5.
 */
final class BlockSender {
    /** Blocks on their way at once. */
    private static final int AT_ONCE = 4;

    private final BlockBlobAsyncClient blob;
    private final BlobRequestConditions conditions;

    /** @param conditions on which what is sent becomes the blob */
    BlockSender(BlockBlobAsyncClient blob, BlobRequestConditions conditions) {
        this.blob = blob;
        this.conditions = conditions;
    }

    /** Stores a file with these metadata. Failures are those of Microsoft's client. */
    void send(StagedFile file, Map<String, String> metadata) {
        BlobHttpHeaders headers = new BlobHttpHeaders().setContentMd5(bytes(file.md5()));
        if (file.blockMd5s().size() <= 1) {
            BinaryData content =
                    file.size() == 0 ? BinaryData.fromBytes(new byte[0]) : BinaryData.fromFile(file.path());
            var unused = blob.uploadWithResponse(new BlockBlobSimpleUploadOptions(content)
                            .setContentMd5(bytes(file.md5()))
                            .setHeaders(headers)
                            .setMetadata(metadata)
                            .setRequestConditions(conditions))
                    .contextWrite(BlockSender::patient)
                    .block();
            return;
        }
        List<String> ids = IntStream.range(0, file.blockMd5s().size())
                .mapToObj(block -> id(file, block))
                .toList();
        Set<String> there = there(file, ids);
        BlockBlobCommitBlockListOptions whole = new BlockBlobCommitBlockListOptions(ids)
                .setHeaders(headers)
                .setMetadata(metadata)
                .setRequestConditions(conditions);
        var unused = Flux.range(0, ids.size())
                .filter(block -> !there.contains(ids.get(block)))
                .flatMap(block -> send(file, block, ids.get(block)), AT_ONCE)
                .then(Mono.defer(() -> blob.commitBlockListWithResponse(whole)))
                .onErrorMap(Exceptions::isMultiple, BlockSender::first)
                .contextWrite(BlockSender::patient)
                .block();
    }

    /** Blocks that are sent side by side fail side by side, mostly for one reason. */
    private static Throwable first(Throwable several) {
        return Exceptions.unwrapMultiple(several).get(0);
    }

    /** An answer comes once all is sent, which takes longer than the one to a question. */
    private static Context patient(Context context) {
        return context.put(AzureConnection.RESPONSE_TIMEOUT, BlobStore.LONGEST_TRY);
    }

    /** All blocks of a blob must have ids of one length: these have that of Microsoft's own clients, which may have left some. */
    private static String id(StagedFile file, int block) {
        byte[] id = String.format(Locale.ROOT, "%04x%s", block, file.blockMd5s().get(block))
                .getBytes(StandardCharsets.UTF_8);
        return Base64.getEncoder().encodeToString(id);
    }

    /** The blocks that were sent and are in no blob yet. */
    private Set<String> there(StagedFile file, List<String> ids) {
        Map<String, Long> sizes =
                IntStream.range(0, ids.size()).boxed().collect(Collectors.toMap(ids::get, file::length));
        return blob.listBlocks(BlockListType.UNCOMMITTED)
                .map(list -> list.getUncommittedBlocks().stream()
                        .filter(block -> Long.valueOf(block.getSizeLong()).equals(sizes.get(block.getName())))
                        .map(Block::getName)
                        .collect(Collectors.toSet()))
                .onErrorResume(BlobStorageException.class, BlockSender::noneIfAbsent)
                .blockOptional()
                .orElse(Set.of());
    }

    private static Mono<Set<String>> noneIfAbsent(BlobStorageException failure) {
        return BlobErrorCode.BLOB_NOT_FOUND.equals(failure.getErrorCode()) ? Mono.empty() : Mono.error(failure);
    }

    private Mono<?> send(StagedFile file, int block, String id) {
        BinaryData content = BinaryData.fromFile(file.path(), file.offset(block), file.length(block));
        return blob.stageBlockWithResponse(new BlockBlobStageBlockOptions(id, content)
                .setContentMd5(bytes(file.blockMd5s().get(block))));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
