/** The resource manager itself: deployments of templates, and the resources beside a workspace that they make. */
@NullMarked
package dev.finetune4j.offlinecloud.azure.resources;

import org.jspecify.annotations.NullMarked;
