package dev.tocsin.it;

@OnThreeBrokers
class TopicSettingsOnThreeBrokersIT extends TopicSettingsIT {}
