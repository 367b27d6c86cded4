package dev.finetune4j.data;

/**
 * One message of a conversation.
 *
 * @param role who speaks
 * @param content what is said, before the chat template
 */
public record Message(Role role, String content) {}
