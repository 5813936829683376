package dev.tocsin.it;

@OnThreeBrokers
class ProgressOnThreeBrokersIT extends ProgressIT {}
