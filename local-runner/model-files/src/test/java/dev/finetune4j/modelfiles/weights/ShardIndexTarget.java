package dev.finetune4j.modelfiles.weights;

import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The index of two sound safetensors files. */
public final class ShardIndexTarget implements ParserTarget {
    private static final String SHARD = "{'%s':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}";

    @Override
    public String name() {
        return "safetensors-index";
    }

    @Override
    public List<byte[]> seeds() {
        return Stream.of(
                        "{'metadata':{'total_size':16},'weight_map':{'a':'1.safetensors','b':'2.safetensors'}}",
                        "{'weight_map':{'a':'1.safetensors'}}",
                        "{'weight_map':{'a':'../1.safetensors','b':3}}",
                        "{'weight_map':[]}")
                .map(json -> json.replace('\'', '"').getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        Files.write(scratch.resolve("1.safetensors"), HostileFile.withHeader(String.format(SHARD, "a"), 8));
        Files.write(scratch.resolve("2.safetensors"), HostileFile.withHeader(String.format(SHARD, "b"), 8));
        DamagedFilesTest.readAll(Files.write(scratch.resolve("model" + ShardedSafetensors.INDEX_SUFFIX), input));
    }
}
