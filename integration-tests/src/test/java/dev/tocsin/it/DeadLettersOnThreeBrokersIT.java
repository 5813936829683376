package dev.tocsin.it;

@OnThreeBrokers
class DeadLettersOnThreeBrokersIT extends DeadLettersIT {}
