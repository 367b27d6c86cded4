package dev.finetune4j.training.model.adapter;

import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The configuration of an adapter, of LoRA or of virtual tokens, and the quantization beside it. */
public final class AdapterTarget implements ParserTarget {
    @Override
    public String name() {
        return "adapter-config";
    }

    @Override
    public List<byte[]> seeds() {
        return Stream.of(
                        "{'peft_type':'LORA','r':8,'lora_alpha':16,'target_modules':['v_proj','model.layers.0.mlp.up_proj'],"
                                + "'lora_dropout':0.25,'use_rslora':true,'rank_pattern':{'v_proj':4},"
                                + "'alpha_pattern':{'v_proj':2.5},'layers_to_transform':[3,1],'layers_pattern':'layers',"
                                + "'bias':'none','init_lora_weights':'gaussian'}",
                        "{'peft_type':'PROMPT_TUNING','task_type':'CAUSAL_LM','num_virtual_tokens':8,'token_dim':64,"
                                + "'num_transformer_submodules':1,'num_attention_heads':4,'num_layers':2,"
                                + "'prompt_tuning_init':'TEXT','prompt_tuning_init_text':'Say it'}",
                        "{'peft_type':'PREFIX_TUNING','task_type':'CAUSAL_LM','num_virtual_tokens':8,'token_dim':32,"
                                + "'num_transformer_submodules':1,'num_attention_heads':2,'num_layers':2,"
                                + "'encoder_hidden_size':32,'prefix_projection':false,'init_weights':null}",
                        "{'quant_method':'bitsandbytes','load_in_4bit':true,'bnb_4bit_quant_type':'nf4',"
                                + "'bnb_4bit_use_double_quant':true,'bnb_4bit_compute_dtype':'bfloat16'}")
                .map(json -> json.replace('\'', '"').getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    @SuppressWarnings("EmptyCatch") // what is no LoRA may be a prompt
    public void read(byte[] input, Path scratch) throws IOException {
        Files.write(scratch.resolve("adapter_config.json"), input);
        try {
            AdapterConfig.read(scratch);
        } catch (FineTuneException refused) {
        }
        Files.write(scratch.resolve("quantization_config.json"), input);
        try {
            AdapterConfig.read(scratch);
        } catch (FineTuneException refused) {
        }
        Files.delete(scratch.resolve("quantization_config.json"));
        if (PromptFiles.isPrompt(scratch)) {
            PromptFiles.method(scratch);
        }
    }
}
