package dev.finetune4j.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Microsoft's clouds have addresses of their own, as Microsoft lists them, and no token of one is for another. */
class AzureCloudTest {
    @ParameterizedTest
    @CsvSource({
        "public, AzureCloud, management.azure.com, login.microsoftonline.com, core.windows.net, azure.com, westeurope",
        "us-government, AzureUSGovernment, management.usgovcloudapi.net, login.microsoftonline.us,"
                + " core.usgovcloudapi.net, azure.us, usgovvirginia",
        "china, AzureChinaCloud, management.chinacloudapi.cn, login.partner.microsoftonline.cn, core.chinacloudapi.cn,"
                + " azure.cn, chinanorth3"
    })
    void hasItsOwnAddresses(
            String name, String known, String manager, String login, String storage, String domain, String region) {
        AzureCloud cloud = AzureCloud.of(name).orElseThrow();

        assertThat(cloud.name()).isEqualTo(known);
        assertThat(cloud.resourceManager()).isEqualTo(URI.create("https://" + manager));
        assertThat(cloud.audience()).isEqualTo("https://" + manager);
        assertThat(cloud.authority()).isEqualTo(URI.create("https://" + login));
        assertThat(cloud.isMicrosofts()).isTrue();
        assertThat(cloud.cognitiveAudience()).isEqualTo("https://cognitiveservices." + domain);
        assertThat(cloud.openAiEndpoint("mine")).isEqualTo("https://mine.openai." + domain);
        assertThat(AzureCloud.ofStorage("acc.blob." + storage)).contains(name);
        assertThat(AzureCloud.ofOpenAi("mine.openai." + domain)).contains(name);
        assertThat(AzureCloud.ofRegion(region)).isEqualTo(name);
    }
}
